/* SPDX-License-Identifier: Apache-2.0 */
/* The device part of rtdef.h; include that. */
#ifndef RTDEF_DEVICE_H
#define RTDEF_DEVICE_H

enum rt_device_class_type {
    RT_Device_Class_Char = 0,
    RT_Device_Class_Block,
    RT_Device_Class_NetIf,
    RT_Device_Class_MTD,
    RT_Device_Class_CAN,
    RT_Device_Class_RTC,
    RT_Device_Class_Sound,
    RT_Device_Class_Graphic,
    RT_Device_Class_I2CBUS,
    RT_Device_Class_USBDevice,
    RT_Device_Class_USBHost,
    RT_Device_Class_USBOTG,
    RT_Device_Class_SPIBUS,
    RT_Device_Class_SPIDevice,
    RT_Device_Class_SDIO,
    RT_Device_Class_PM,
    RT_Device_Class_Pipe,
    RT_Device_Class_Portal,
    RT_Device_Class_Timer,
    RT_Device_Class_Miscellaneous,
    RT_Device_Class_Sensor,
    RT_Device_Class_Touch,
    RT_Device_Class_PHY,
    RT_Device_Class_Security,
    RT_Device_Class_WLAN,
    RT_Device_Class_Pin,
    RT_Device_Class_ADC,
    RT_Device_Class_DAC,
    RT_Device_Class_WDT,
    RT_Device_Class_PWM,
    RT_Device_Class_Bus,
    RT_Device_Class_Unknown
};

#define RT_DEVICE_FLAG_DEACTIVATE 0x000
#define RT_DEVICE_FLAG_RDONLY     0x001
#define RT_DEVICE_FLAG_WRONLY     0x002
#define RT_DEVICE_FLAG_RDWR       0x003
#define RT_DEVICE_FLAG_REMOVABLE  0x004
#define RT_DEVICE_FLAG_STANDALONE 0x008
#define RT_DEVICE_FLAG_ACTIVATED  0x010
#define RT_DEVICE_FLAG_SUSPENDED  0x020
#define RT_DEVICE_FLAG_STREAM     0x040
#define RT_DEVICE_FLAG_INT_RX     0x100
#define RT_DEVICE_FLAG_DMA_RX     0x200
#define RT_DEVICE_FLAG_INT_TX     0x400
#define RT_DEVICE_FLAG_DMA_TX     0x800

#define RT_DEVICE_OFLAG_CLOSE  0x000
#define RT_DEVICE_OFLAG_RDONLY 0x001
#define RT_DEVICE_OFLAG_WRONLY 0x002
#define RT_DEVICE_OFLAG_RDWR   0x003
#define RT_DEVICE_OFLAG_OPEN   0x008
#define RT_DEVICE_OFLAG_MASK   0xf0f

#define RT_DEVICE_CTRL_RESUME        0x01
#define RT_DEVICE_CTRL_SUSPEND       0x02
#define RT_DEVICE_CTRL_CONFIG        0x03
#define RT_DEVICE_CTRL_CLOSE         0x04
#define RT_DEVICE_CTRL_NOTIFY_SET    0x05
#define RT_DEVICE_CTRL_SET_INT       0x06
#define RT_DEVICE_CTRL_CLR_INT       0x07
#define RT_DEVICE_CTRL_GET_INT       0x08
#define RT_DEVICE_CTRL_CONSOLE_OFLAG 0x09
#define RT_DEVICE_CTRL_MASK          0x1f

#define RT_DEVICE_CTRL_BASE(Type)      ((RT_Device_Class_##Type + 1) * 0x100)
#define RT_DEVICE_CTRL_CHAR_STREAM     (RT_DEVICE_CTRL_BASE(Char) + 1)
#define RT_DEVICE_CTRL_BLK_GETGEOME    (RT_DEVICE_CTRL_BASE(Block) + 1)
#define RT_DEVICE_CTRL_BLK_SYNC        (RT_DEVICE_CTRL_BASE(Block) + 2)
#define RT_DEVICE_CTRL_BLK_ERASE       (RT_DEVICE_CTRL_BASE(Block) + 3)
#define RT_DEVICE_CTRL_BLK_AUTOREFRESH (RT_DEVICE_CTRL_BASE(Block) + 4)
#define RT_DEVICE_CTRL_BLK_PARTITION   (RT_DEVICE_CTRL_BASE(Block) + 5)
#define RT_DEVICE_CTRL_NETIF_GETMAC    (RT_DEVICE_CTRL_BASE(NetIf) + 1)

typedef struct rt_device *rt_device_t;

#ifdef RT_USING_DEVICE_OPS
struct rt_device_ops {
    rt_err_t (*init)(rt_device_t dev);
    rt_err_t (*open)(rt_device_t dev, rt_uint16_t oflag);
    rt_err_t (*close)(rt_device_t dev);
    rt_ssize_t (*read)(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size);
    rt_ssize_t (*write)(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size);
    rt_err_t (*control)(rt_device_t dev, int cmd, void *args);
};
#endif

struct rt_device {
    struct rt_object parent;
    enum rt_device_class_type type;
    rt_uint16_t flag;
    rt_uint16_t open_flag;
    rt_uint8_t ref_count;
    rt_uint8_t device_id;
    rt_err_t (*rx_indicate)(rt_device_t dev, rt_size_t size);
    rt_err_t (*tx_complete)(rt_device_t dev, void *buffer);
#ifdef RT_USING_DEVICE_OPS
    const struct rt_device_ops *ops;
#else
    rt_err_t (*init)(rt_device_t dev);
    rt_err_t (*open)(rt_device_t dev, rt_uint16_t oflag);
    rt_err_t (*close)(rt_device_t dev);
    rt_ssize_t (*read)(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size);
    rt_ssize_t (*write)(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size);
    rt_err_t (*control)(rt_device_t dev, int cmd, void *args);
#endif
    void *user_data;
};

struct rt_device_notify {
    void (*notify)(rt_device_t dev);
    struct rt_device *dev;
};

struct rt_device_blk_geometry {
    rt_uint64_t sector_count;
    rt_uint32_t bytes_per_sector;
    rt_uint32_t block_size;
};

struct rt_device_blk_sectors {
    rt_uint64_t sector_begin;
    rt_uint64_t sector_end;
};

#define RT_DEVICE_CTRL_CURSOR_SET_POSITION 0x10
#define RT_DEVICE_CTRL_CURSOR_SET_TYPE     0x11

#define RTGRAPHIC_CTRL_RECT_UPDATE    (RT_DEVICE_CTRL_BASE(Graphic) + 0)
#define RTGRAPHIC_CTRL_POWERON        (RT_DEVICE_CTRL_BASE(Graphic) + 1)
#define RTGRAPHIC_CTRL_POWEROFF       (RT_DEVICE_CTRL_BASE(Graphic) + 2)
#define RTGRAPHIC_CTRL_GET_INFO       (RT_DEVICE_CTRL_BASE(Graphic) + 3)
#define RTGRAPHIC_CTRL_SET_MODE       (RT_DEVICE_CTRL_BASE(Graphic) + 4)
#define RTGRAPHIC_CTRL_GET_EXT        (RT_DEVICE_CTRL_BASE(Graphic) + 5)
#define RTGRAPHIC_CTRL_SET_BRIGHTNESS (RT_DEVICE_CTRL_BASE(Graphic) + 6)
#define RTGRAPHIC_CTRL_GET_BRIGHTNESS (RT_DEVICE_CTRL_BASE(Graphic) + 7)
#define RTGRAPHIC_CTRL_GET_MODE       (RT_DEVICE_CTRL_BASE(Graphic) + 8)
#define RTGRAPHIC_CTRL_GET_STATUS     (RT_DEVICE_CTRL_BASE(Graphic) + 9)
#define RTGRAPHIC_CTRL_PAN_DISPLAY    (RT_DEVICE_CTRL_BASE(Graphic) + 10)
#define RTGRAPHIC_CTRL_WAIT_VSYNC     (RT_DEVICE_CTRL_BASE(Graphic) + 11)

enum {
    RTGRAPHIC_PIXEL_FORMAT_MONO = 0,
    RTGRAPHIC_PIXEL_FORMAT_GRAY4,
    RTGRAPHIC_PIXEL_FORMAT_GRAY16,
    RTGRAPHIC_PIXEL_FORMAT_RGB332,
    RTGRAPHIC_PIXEL_FORMAT_RGB444,
    RTGRAPHIC_PIXEL_FORMAT_RGB565,
    RTGRAPHIC_PIXEL_FORMAT_RGB565P,
    RTGRAPHIC_PIXEL_FORMAT_BGR565 = RTGRAPHIC_PIXEL_FORMAT_RGB565P,
    RTGRAPHIC_PIXEL_FORMAT_RGB666,
    RTGRAPHIC_PIXEL_FORMAT_RGB888,
    RTGRAPHIC_PIXEL_FORMAT_BGR888,
    RTGRAPHIC_PIXEL_FORMAT_ARGB888,
    RTGRAPHIC_PIXEL_FORMAT_ABGR888,
    RTGRAPHIC_PIXEL_FORMAT_RESERVED
};

struct rt_device_graphic_info {
    rt_uint8_t pixel_format;
    rt_uint8_t bits_per_pixel;
    rt_uint16_t pitch;
    rt_uint16_t width;
    rt_uint16_t height;
    rt_uint8_t *framebuffer;
    rt_uint32_t smem_len;
};

struct rt_device_rect_info {
    rt_uint16_t x;
    rt_uint16_t y;
    rt_uint16_t width;
    rt_uint16_t height;
};

struct rt_device_graphic_ops {
    void (*set_pixel)(const char *pixel, int x, int y);
    void (*get_pixel)(char *pixel, int x, int y);
    void (*draw_hline)(const char *pixel, int x1, int x2, int y);
    void (*draw_vline)(const char *pixel, int x, int y1, int y2);
    void (*blit_line)(const char *pixel, int x, int y, rt_size_t size);
};
#define rt_graphix_ops(device) ((struct rt_device_graphic_ops *)((device)->user_data))

#endif
